import { createServer } from 'node:http';
import { connect } from './database.js';

const database = connect(process.env.DATABASE_URL);
createServer((_, response) => response.end(database.name)).listen(process.env.PORT);
