require('node:http').createServer().listen(5001);
