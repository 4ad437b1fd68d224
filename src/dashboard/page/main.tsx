import { render } from "preact";
import { App } from "./app.js";
import { connect } from "./connection.js";
import "uplot/dist/uPlot.min.css";
import "./page.css";

const page = document.getElementById("page");
if (page) render(<App />, page);
connect();
