words = set("the quick brown fox jumps over a lazy dog while seven wizards box".split())
with open("/rootfs/app/words.py", "w") as file:
    for word in words:
        file.write(f"{word.upper()} = {word!r}\n")
