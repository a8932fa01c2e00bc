// file: ui/web/static/registry.js
import "./account.js";
import { listen } from "./acts.js";

// These pages are not pushed: what was done is seen by loading them again, once the sentence could be read.
listen(() => setTimeout(() => location.reload(), 1200));
