# mv_library(NAME SOURCES … [LINKS …]): a library of ours.
function(mv_library name)
  cmake_parse_arguments(arg "" "" "SOURCES;LINKS;PRIVATE_LINKS" ${ARGN})
  add_library(${name} STATIC ${arg_SOURCES})
  target_link_libraries(${name} PUBLIC mv_options ${arg_LINKS} PRIVATE ${arg_PRIVATE_LINKS})
endfunction()

# mv_test(NAME [PROGRAM] SOURCES … [LINKS …] [LABEL unit] [TIMEOUT 120]): one GoogleTest program; ctest finds each of its
# tests, or, with PROGRAM, runs it as a whole, since it starts one server for all of its cases. The label says to which
# part of `./memoryverse test` it belongs: unit, backend, postgres, crash or corpus. The target `LABEL_tests` builds all
# programs of a label.
function(mv_test name)
  if(NOT MEMORYVERSE_TESTS)
    return()
  endif()
  cmake_parse_arguments(arg "PROGRAM" "LABEL;TIMEOUT" "SOURCES;LINKS" ${ARGN})
  if(NOT arg_LABEL)
    set(arg_LABEL unit)
  endif()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 120)
  endif()
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE mv_options ${arg_LINKS} GTest::gtest GTest::gmock GTest::gtest_main)
  if(arg_PROGRAM)
    add_test(NAME ${name} COMMAND ${name} --gtest_output=json:${CMAKE_BINARY_DIR}/reports/${name}.json)
    set_tests_properties(${name} PROPERTIES LABELS ${arg_LABEL} TIMEOUT ${arg_TIMEOUT})
  else()
    gtest_discover_tests(${name} DISCOVERY_TIMEOUT 60 PROPERTIES LABELS ${arg_LABEL} TIMEOUT ${arg_TIMEOUT})
  endif()
  if(NOT TARGET ${arg_LABEL}_tests)
    add_custom_target(${arg_LABEL}_tests)
  endif()
  add_dependencies(${arg_LABEL}_tests ${name})
endfunction()

# mv_sql(TARGET DIR): every DIR/*.sql becomes mv::sql::<file name> in the generated header "<DIR>/sql.hpp".
function(mv_sql target directory)
  set(header ${CMAKE_BINARY_DIR}/generated/${directory}/sql.hpp)
  file(GLOB files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${directory}/sql/*.sql)
  add_custom_command(
    OUTPUT ${header}
    COMMAND ${CMAKE_COMMAND} -DHEADER=${header} -DDIRECTORY=${CMAKE_SOURCE_DIR}/${directory}/sql -P ${CMAKE_SOURCE_DIR}/tools/cmake/embed_sql.cmake
    DEPENDS ${files} ${CMAKE_SOURCE_DIR}/tools/cmake/embed_sql.cmake
    COMMENT "Embedding the SQL of ${directory}")
  target_sources(${target} PRIVATE ${header})
  foreach(file IN LISTS files)
    get_filename_component(query ${file} NAME_WE)
    set_property(GLOBAL APPEND PROPERTY MV_QUERIES ${query})
  endforeach()
  # Linters read the sources without building them, but need what is generated.
  string(REPLACE "/" "_" name ${directory})
  add_custom_target(generated_${name} DEPENDS ${header})
  if(NOT TARGET generated)
    add_custom_target(generated)
  endif()
  add_dependencies(generated generated_${name})
endfunction()

# mv_query_names(HEADER): writes the names of all queries that mv_sql has seen so far, for settings that name one.
function(mv_query_names header)
  get_property(names GLOBAL PROPERTY MV_QUERIES)
  list(SORT names)
  list(REMOVE_DUPLICATES names)
  list(JOIN names "\",\n    \"" names)
  file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/generated/${header} CONTENT
    "#pragma once\n\n#include <array>\n#include <string_view>\n\nnamespace mv::sql {\n\ninline constexpr std::array kQueryNames = std::to_array<std::string_view>({\n    \"@names@\"});\n\n} // namespace mv::sql\n" @ONLY)
endfunction()
