# Writes HEADER with the commit that is built. A build outside a checkout, such as that of an image, names it in the
# environment variable MEMORYVERSE_COMMIT.
cmake_policy(VERSION 3.31)
set(commit "$ENV{MEMORYVERSE_COMMIT}")
if(NOT commit)
  execute_process(COMMAND git -C ${DIRECTORY} rev-parse --short=12 HEAD
    OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
  if(failed)
    set(commit "unknown")
  endif()
endif()
file(CONFIGURE OUTPUT ${HEADER} CONTENT "#pragma once\n\n#define MEMORYVERSE_COMMIT \"${commit}\"\n")
