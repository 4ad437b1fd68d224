const { ask, make } = require("./ask.cjs");
const objects = make(require("./langchain.cjs"));
const { instrument } = require("chainwatch");

instrument();
ask(objects);
