import random
import uuid

source = random.Random(42)
with open("/rootfs/app/ids.txt", "w") as file:
    file.write(f"{source.random()} {source.sample(range(100), 10)} {uuid.uuid5(uuid.NAMESPACE_DNS, 'example.org')}\n")
