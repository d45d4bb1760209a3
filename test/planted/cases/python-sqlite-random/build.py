import sqlite3

with sqlite3.connect("/rootfs/app/data.db") as database:
    database.execute("create table users (id text primary key default (lower(hex(randomblob(16)))), name text)")
    database.executemany("insert into users (name) values (?)", [("ada",), ("grace",), ("barbara",)])
database.close()
