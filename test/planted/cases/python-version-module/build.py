from datetime import datetime

with open("/rootfs/app/_version.py", "w") as file:
    file.write(f"version = '1.0.0'\nbuilt = {datetime.now()!r}\n")
