# What a fault in memory meets in every program, in the library and in generated code, whichever compiler and whoever
# builds: tests/system/access/test_hardening.py looks for it in what was built.
include(CheckCCompilerFlag)
include(CheckPIESupported)
check_pie_supported()

add_compile_options(-fstack-protector-strong)
# Of some processors only.
foreach(flag IN ITEMS -fstack-clash-protection -fcf-protection)
  string(MAKE_C_IDENTIFIER "HAS${flag}" has)
  check_c_compiler_flag(${flag} ${has})
  if(${has})
    add_compile_options(${flag})
  endif()
endforeach()
add_link_options(LINKER:-z,relro,-z,now,-z,noexecstack)
# libc checks lengths only in code that is optimised, and sanitizers check them themselves. Undefined first: a
# distribution's compiler or flags may define it, otherwise.
if(NOT FUPIN_ASAN AND NOT FUPIN_TSAN AND NOT FUPIN_FUZZ)
  add_compile_options("$<$<CONFIG:Release,RelWithDebInfo,MinSizeRel>:SHELL:-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2>")
endif()
