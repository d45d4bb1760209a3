// What it costs to start Node.js at all.
