#!/bin/sh
node worker.js &
node server.js
