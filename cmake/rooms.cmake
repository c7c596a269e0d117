# A room is a folder of server/, client/ or common/ with a CMakeLists.txt of its own: a library whose link list names the
# rooms that it may use, and nothing else. An include names the room of what it includes ("ledger/ledger.h"), or nothing
# within its own; tests/tidy/rooms.py compares includes with the link lists.

# fupin_room(SOURCES FILE… LINK ROOM|LIBRARY…): ROOM is a room beside this one. Those of server/ and client/ may use
# all of proto/ and common/.
function(fupin_room)
  cmake_parse_arguments(room "" "" "SOURCES;LINK" ${ARGN})
  get_filename_component(name "${CMAKE_CURRENT_SOURCE_DIR}" NAME)
  get_filename_component(house "${CMAKE_CURRENT_SOURCE_DIR}" DIRECTORY)
  get_filename_component(house "${house}" NAME)
  set(links "")
  foreach(link IN LISTS room_LINK)
    if(IS_DIRECTORY "${PROJECT_SOURCE_DIR}/${house}/${link}")
      list(APPEND links ${house}_${link})
    else()
      list(APPEND links ${link})
    endif()
  endforeach()
  add_library(${house}_${name} ${room_kind} ${room_SOURCES})
  target_include_directories(${house}_${name} PUBLIC "${PROJECT_SOURCE_DIR}/${house}" "${generated}")
  target_link_libraries(${house}_${name} PRIVATE fupin_flags PUBLIC ${links})
  if(NOT house STREQUAL common)
    target_link_libraries(${house}_${name} PUBLIC fupin_proto)
  endif()
endfunction()

# fupin_house(NAME ROOM…): the rooms in a folder, from the bottom to the top; ${NAME}_rooms are their libraries.
macro(fupin_house name)
  set(${name}_rooms "")
  foreach(room ${ARGN})
    add_subdirectory(${name}/${room})
    list(PREPEND ${name}_rooms ${name}_${room})
  endforeach()
endmacro()
