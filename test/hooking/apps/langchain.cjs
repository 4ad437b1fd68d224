module.exports = {
  ...require("@langchain/core/output_parsers"),
  ...require("@langchain/core/prompts"),
  ...require("@langchain/core/utils/testing"),
};
