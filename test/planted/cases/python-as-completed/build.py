import json
import subprocess
from concurrent.futures import ThreadPoolExecutor, as_completed

command = "head -c 2000000 /dev/zero | sha256sum > /dev/null"


def work(number):
    subprocess.run(["/bin/sh", "-c", command], check=True)
    return f"thumbnail-{number}.png"


with ThreadPoolExecutor(8) as pool, open("/rootfs/app/thumbnails.json", "w") as file:
    json.dump([one.result() for one in as_completed(pool.submit(work, number) for number in range(80))], file)
