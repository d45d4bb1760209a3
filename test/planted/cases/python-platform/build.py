import json
import platform

with open("/rootfs/app/platform.json", "w") as file:
    json.dump(platform.uname()._asdict(), file)
