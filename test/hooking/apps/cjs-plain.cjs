const { ask, make } = require("./ask.cjs");

ask(make(require("./langchain.cjs")));
