const { instrument } = require("chainwatch");
const { ask, make } = require("./ask.cjs");

instrument();
ask(make(require("./langchain.cjs")));
