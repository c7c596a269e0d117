"""Do the walls stand? Reads what each file includes and what each room's CMakeLists.txt links, builds nothing.

1. An include names the room of what it includes ("ledger/ledger.h"), or nothing within its own room.
2. A room includes only from rooms that it links, and links only those that it includes from.
3. Arrows only go down: rooms are listed from the bottom to the top in CMakeLists.txt.
4. What is called *_internal.h, *_parts.h or *_reading.h never leaves its room.
5. libfupin's rooms stand below the program's."""
import collections
import os
import re
import sys

SOURCE = os.environ.get("FUPIN_SOURCE") or os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
INNER = ("_internal.h", "_parts.h", "_reading.h")
LIBRARY = "library"  # the topmost of libfupin's


def read(*path):
    with open(os.path.join(SOURCE, *path), encoding="utf-8") as file:
        return file.read()


def houses():
    """{house: its rooms, from the bottom to the top}."""
    found = re.findall(r"^fupin_house\((\w+) ([\w ]+)\)", read("CMakeLists.txt"), re.M)
    return {house: rooms.split() for house, rooms in found}


def links(house, room, rooms):
    text = read(house, room, "CMakeLists.txt")
    listed = re.search(r"\bLINK ([^)]*)\)", text)
    return [word for word in (listed.group(1).split() if listed else []) if word in rooms]


def files(house, room):
    folder = os.path.join(SOURCE, house, room)
    return sorted(name for name in os.listdir(folder) if name.endswith((".c", ".h")))


def look(all_rooms):
    """What is wrong, a line each."""
    wrong, names = [], collections.Counter()
    for house, rooms in all_rooms.items():
        folders = sorted(name for name in os.listdir(os.path.join(SOURCE, house))
                         if os.path.exists(os.path.join(SOURCE, house, name, "CMakeLists.txt")))
        if folders != sorted(rooms):
            wrong.append(f"{house}: rooms {folders}, CMakeLists.txt lists {sorted(rooms)}")
        stray = [name for name in os.listdir(os.path.join(SOURCE, house)) if name.endswith((".c", ".h")) and name != "main.c"]
        wrong += [f"{house}/{name}: in no room" for name in stray]
        for at, room in enumerate(rooms):
            wrong += look_at_room(all_rooms, house, room, rooms[:at], names)
    wrong += [f"{name}: so many files are included by that name: {count}" for name, count in names.items() if count > 1]
    return wrong


def look_at_room(all_rooms, house, room, below, names):
    rooms, wrong, used = all_rooms[house], [], set()
    listed = links(house, room, rooms)
    own = files(house, room)
    for name in own:
        names[f"{room}/{name}"] += name.endswith(".h")
        for line, target in enumerate(re.findall(r'^(?:#include "([^"]+)")?.*$', read(house, room, name), re.M), 1):
            where, path = f"{house}/{room}/{name}:{line}", target.split("/")
            if len(path) == 1:
                if target and target not in own and not is_of_no_room(house, target):
                    wrong.append(f'{where}: "{target}" does not name its room')
                continue
            home = next((h for h in (house, "common") if path[0] in all_rooms[h] and path[1] in files(h, path[0])), None)
            if not home:
                wrong.append(f'{where}: "{target}" is in no room that it may see')
            elif (home, path[0]) == (house, room):
                wrong.append(f'{where}: "{target}" is of this room: its bare name')
            elif path[1].endswith(INNER):
                wrong.append(f'{where}: "{target}" never leaves its room')
            elif home == house:
                used.add(path[0])
    wrong += [f"{house}/{room}: includes from {other}, which it does not link" for other in sorted(used - set(listed))]
    wrong += [f"{house}/{room}: links {other}, of which it includes nothing" for other in listed if other not in used]
    wrong += [f"{house}/{room}: links {other}, which is not below it" for other in listed if other not in below]
    if house == "client" and rooms.index(room) <= rooms.index(LIBRARY):
        wrong += [f"{house}/{room}: of libfupin, links {other} of the program" for other in listed
                  if rooms.index(other) > rooms.index(LIBRARY)]
    return wrong


def is_of_no_room(house, name):
    """What is generated, and proto/, which stands on common/."""
    return name == "version.h" or (house != "common" and os.path.exists(os.path.join(SOURCE, "proto", name)))


def main():
    all_rooms = houses()
    wrong = look(all_rooms)
    print("\n".join(wrong))
    print(f"{sum(map(len, all_rooms.values()))} rooms, {len(wrong)} faults")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
