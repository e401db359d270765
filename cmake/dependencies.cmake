# System packages only; nothing is downloaded at configure time. `scripts/setup` installs them.
find_package(nlohmann_json 3.10 REQUIRED)
find_package(fmt 8 REQUIRED)
