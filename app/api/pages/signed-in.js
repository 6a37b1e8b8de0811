// Tells the page that opened the company's sign-in that it is done.
"use strict";

new BroadcastChannel("session").postMessage("signed-in");
window.close();
