// file: ui/web/static/reading.js
import "./account.js";
import { tips } from "./tips.js";

tips();
