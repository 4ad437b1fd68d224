import { render } from "preact";
import { App } from "./app.js";
import { connect } from "./connection.js";
import { logInByAddress } from "./login-code.js";
import "uplot/dist/uPlot.min.css";
import "./page.css";

async function start(): Promise<void> {
  // First, so that nothing is asked for without the cookie.
  await logInByAddress();
  const page = document.getElementById("page");
  if (page) render(<App />, page);
  connect();
}

void start();
