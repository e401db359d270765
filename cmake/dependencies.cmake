# System packages only; nothing is downloaded at configure time. `scripts/setup` installs them.
find_package(nlohmann_json 3.10 REQUIRED)
find_package(fmt 8 REQUIRED)

if(FIMD_BUILD_DAEMON)
  set(Boost_USE_STATIC_LIBS ON)  # so that the installed program needs no Boost
  find_package(Boost 1.81 REQUIRED COMPONENTS filesystem)
  find_package(CURL 7.87 REQUIRED)
endif()

# Debian has no static libfmt; a static executable compiles it in.
add_library(fimd_fmt INTERFACE)
target_link_libraries(fimd_fmt INTERFACE $<IF:$<BOOL:${FIMD_STATIC}>,fmt::fmt-header-only,fmt::fmt>)
