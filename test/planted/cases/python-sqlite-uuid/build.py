import sqlite3
import uuid

with sqlite3.connect("/rootfs/app/data.db") as database:
    database.execute("create table users (id text primary key, name text)")
    database.execute("insert into users values (?, 'ada')", (str(uuid.uuid4()),))
database.close()
