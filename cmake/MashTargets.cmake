# What every target of the project has in common, and the shape of a library and of its unit tests.

add_library(mash_options INTERFACE)
target_compile_options(mash_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Woverloaded-virtual -Werror=switch
  -Wno-missing-field-initializers)  # designated initializers leave the rest at its default on purpose

# mash_library(NAME SOURCES a.cc b.cc LINKS core OpenSSL::Crypto)
# Headers are included from the folder above the library: "log/event_log.h".
function(mash_library name)
  cmake_parse_arguments(arg "" "" "SOURCES;LINKS;PRIVATE_LINKS" ${ARGN})
  add_library(mash_${name} ${arg_SOURCES})
  target_include_directories(mash_${name} PUBLIC ${CMAKE_CURRENT_SOURCE_DIR}/..)
  target_link_libraries(mash_${name} PUBLIC ${arg_LINKS} PRIVATE mash_options ${arg_PRIVATE_LINKS})
endfunction()

# mash_unit_test(NAME SOURCES a_test.cc LINKS mash_log): one program per library; ctest lists each case.
function(mash_unit_test name)
  cmake_parse_arguments(arg "" "" "SOURCES;LINKS" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE ${arg_LINKS} mash_options GTest::gmock GTest::gtest_main)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  gtest_discover_tests(${name} DISCOVERY_TIMEOUT 300 PROPERTIES LABELS unit TIMEOUT 600)
endfunction()

# mash_program(NAME SOURCES main.cc LINKS ...): an executable in build/<preset>/bin.
function(mash_program name)
  cmake_parse_arguments(arg "" "" "SOURCES;LINKS" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE ${arg_LINKS} mash_options)
  # jemalloc: a third less processor time for each append than the C library's allocator (./dev bench).
  target_link_libraries(${name} PRIVATE $<$<CONFIG:Release>:${JEMALLOC}>)
  target_compile_definitions(${name} PRIVATE MASH_VERSION="${PROJECT_VERSION}")
endfunction()

include(GoogleTest)
