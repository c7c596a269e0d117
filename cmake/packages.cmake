# What is installed beside programs and library, and four Debian packages of all that: fupind, fupin, libfupin0,
# libfupin-dev. scripts/package.sh builds them; tests/system/release/test_package.py looks into them.
find_program(GZIP gzip REQUIRED)
set(packaging "${CMAKE_CURRENT_SOURCE_DIR}/packaging")
set(compressed "${CMAKE_CURRENT_BINARY_DIR}/compressed")
set(compressed_files "")

# fupin_compressed(FILE NAME DESTINATION COMPONENT): installed as NAME.gz, without a time in it.
function(fupin_compressed file name destination component)
  string(REPLACE "/" "-" place "${destination}")
  set(output "${compressed}/${place}/${name}.gz")
  file(MAKE_DIRECTORY "${compressed}/${place}")
  add_custom_command(OUTPUT "${output}" COMMAND ${GZIP} -9nc "${file}" > "${output}" DEPENDS "${file}" VERBATIM)
  install(FILES "${output}" DESTINATION "${destination}" COMPONENT ${component})
  set(compressed_files ${compressed_files} "${output}" PARENT_SCOPE)
endfunction()

# ---------------------------------------------------------------- units, configuration
install(FILES packaging/systemd/fupind.service DESTINATION lib/systemd/system COMPONENT server)
install(FILES packaging/systemd/fupin-agent@.service DESTINATION lib/systemd/system COMPONENT client)
install(FILES packaging/systemd/user/fupin-agent.service DESTINATION lib/systemd/user COMPONENT client)

# ---------------------------------------------------------------- manual pages, completion
foreach(page fupin.1 fupin.ini.5 fupin-sheet.5 fupin-sealed.5)
  string(REGEX MATCH "[0-9]$" section ${page})
  fupin_compressed("${CMAKE_CURRENT_SOURCE_DIR}/docs/man/${page}" ${page} ${CMAKE_INSTALL_MANDIR}/man${section} client)
endforeach()
foreach(page fupind.8 fupin-plan.5)
  string(REGEX MATCH "[0-9]$" section ${page})
  fupin_compressed("${CMAKE_CURRENT_SOURCE_DIR}/docs/man/${page}" ${page} ${CMAKE_INSTALL_MANDIR}/man${section} server)
endforeach()
fupin_compressed("${CMAKE_CURRENT_SOURCE_DIR}/docs/man/zh_CN/fupin.1" fupin.1 ${CMAKE_INSTALL_MANDIR}/zh_CN/man1 client)
# Both shells share one text.
file(READ completion/words.sh FUPIN_WORDS)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS completion/words.sh)
configure_file(completion/fupin.bash.in "${CMAKE_CURRENT_BINARY_DIR}/completion/fupin" @ONLY)
configure_file(completion/_fupin.in "${CMAKE_CURRENT_BINARY_DIR}/completion/_fupin" @ONLY)
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/completion/fupin" DESTINATION share/bash-completion/completions
  COMPONENT client)
# Debian's zsh looks there for what packages bring, and in site-functions below /usr/local.
set(zsh_place site-functions)
if(CMAKE_INSTALL_PREFIX STREQUAL "/usr")
  set(zsh_place vendor-completions)
endif()
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/completion/_fupin" DESTINATION share/zsh/${zsh_place} COMPONENT client)

# ---------------------------------------------------------------- packages
set(CPACK_COMPONENTS_ALL server client library development)
set(package_server fupind)
set(package_client fupin)
set(package_library libfupin${PROJECT_VERSION_MAJOR})
set(package_development libfupin-dev)
foreach(component IN LISTS CPACK_COMPONENTS_ALL)
  set(documents share/doc/${package_${component}})
  install(FILES packaging/debian/copyright DESTINATION ${documents} COMPONENT ${component})
  fupin_compressed("${packaging}/debian/changelog" changelog ${documents} ${component})
endforeach()
# Only in a package: a program built by hand has no business in /etc.
install(FILES packaging/fupind.conf DESTINATION /etc/fupin COMPONENT server EXCLUDE_FROM_ALL)
install(FILES docs/province.md docs/plan.md docs/reliability.md docs/performance.md DESTINATION share/doc/fupind COMPONENT server)
# The Chinese manual has a part for either: whole in both, as its pages link to one another.
install(DIRECTORY docs/centre docs/zh DESTINATION share/doc/fupind COMPONENT server)
install(FILES docs/county.md docs/prefecture.md DESTINATION share/doc/fupin COMPONENT client)
install(DIRECTORY docs/using docs/zh DESTINATION share/doc/fupin COMPONENT client)
install(FILES proto/PROTOCOL.md docs/library.md DESTINATION share/doc/libfupin-dev COMPONENT development)
add_custom_target(compressed_files ALL DEPENDS ${compressed_files})

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME fupin)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_CONTACT "fupin maintainers <maintainers@fupin.example>" CACHE STRING "Maintainer of the packages")
set(CPACK_SET_DESTDIR ON)
set(CPACK_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
foreach(component IN LISTS CPACK_COMPONENTS_ALL)
  string(TOUPPER ${component} upper)
  set(CPACK_DEBIAN_${upper}_PACKAGE_NAME ${package_${component}})
  set(CPACK_DEBIAN_${upper}_PACKAGE_PRIORITY optional)
endforeach()

set(CPACK_DEBIAN_SERVER_PACKAGE_SECTION net)
set(CPACK_DEBIAN_SERVER_DESCRIPTION "centre of a reporting network for a poverty-alleviation plan
fupind takes the reports and fund entries of county offices over ZeroMQ,
stores them in PostgreSQL, and has every total for county, prefecture and
province right at the moment of the commit. It runs a private PostgreSQL in
its own directory, or uses one elsewhere. The plan of 2013 is included.")
set(CPACK_DEBIAN_SERVER_PACKAGE_DEPENDS adduser)
set(CPACK_DEBIAN_SERVER_PACKAGE_RECOMMENDS postgresql)
set(CPACK_DEBIAN_SERVER_PACKAGE_SUGGESTS fupin)
set(CPACK_DEBIAN_SERVER_PACKAGE_CONTROL_EXTRA "${packaging}/debian/fupind/postinst" "${packaging}/debian/fupind/prerm"
  "${packaging}/debian/fupind/postrm" "${packaging}/debian/fupind/conffiles")

set(CPACK_DEBIAN_CLIENT_PACKAGE_SECTION net)
set(CPACK_DEBIAN_CLIENT_DESCRIPTION "office's program of a reporting network for a poverty-alleviation plan
fupin sends an office's sheets (CSV or workbooks) to the centre and shows
receipts, totals, reviews and where money is. What cannot be sent waits in an
outbox, and nothing is lost or doubled. Its agent keeps the outbox flowing in
the background.")
set(CPACK_DEBIAN_CLIENT_PACKAGE_DEPENDS adduser)
set(CPACK_DEBIAN_CLIENT_PACKAGE_SUGGESTS "bash-completion | zsh")
set(CPACK_DEBIAN_CLIENT_PACKAGE_CONTROL_EXTRA "${packaging}/debian/fupin/postinst" "${packaging}/debian/fupin/prerm"
  "${packaging}/debian/fupin/postrm")

set(CPACK_DEBIAN_LIBRARY_PACKAGE_SECTION libs)
set(CPACK_DEBIAN_LIBRARY_PACKAGE_MULTIARCH same)
set(CPACK_DEBIAN_LIBRARY_DESCRIPTION "client library of the fupin reporting network
With libfupin a program of its own sends sheets to a centre of the fupin
reporting network, and gets receipts.")
file(WRITE "${CMAKE_CURRENT_BINARY_DIR}/debian/shlibs"
  "libfupin ${PROJECT_VERSION_MAJOR} libfupin${PROJECT_VERSION_MAJOR} (>= ${PROJECT_VERSION})\n")
set(CPACK_DEBIAN_LIBRARY_PACKAGE_CONTROL_EXTRA "${packaging}/debian/triggers"
  "${CMAKE_CURRENT_BINARY_DIR}/debian/shlibs")

set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS "libfupin${PROJECT_VERSION_MAJOR} (= ${PROJECT_VERSION})")
set(CPACK_DEBIAN_DEVELOPMENT_DESCRIPTION "client library of the fupin reporting network: development files
fupin.h, libfupin's pkg-config file, and the protocol (fupin.proto and
PROTOCOL.md) for programs in other languages.")
include(CPack)
