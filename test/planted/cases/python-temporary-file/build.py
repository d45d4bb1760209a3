import tempfile

with tempfile.NamedTemporaryFile(suffix=".cfg") as cache, open("/rootfs/app/build.ini", "w") as file:
    file.write(f"[build]\ncache = {cache.name}\n")
