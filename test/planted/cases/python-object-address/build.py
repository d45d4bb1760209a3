def connect(host, timeout=object()):
    pass


with open("/rootfs/app/reference.md", "w") as file:
    file.write(f"# connect\n\n`timeout`: default {connect.__defaults__[0]!r}\n")
