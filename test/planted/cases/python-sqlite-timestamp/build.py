import sqlite3

with sqlite3.connect("/rootfs/app/data.db") as database:
    database.execute("create table settings (name text, value text, changed text default current_timestamp)")
    database.execute("insert into settings (name, value) values ('port', '8080')")
database.close()
