import gzip

with gzip.open("/rootfs/app/data.json.gz", "wb") as file:
    file.write(b'{"answer": 42}')
