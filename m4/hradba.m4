# SPDX-License-Identifier: BSD-3-Clause
# Our macros: compiler flags, sanitizers and fuzzing, libraries with the name of their package.

# HRD_ADD_CFLAG(VARIABLE, FLAG): append FLAG when the compiler takes it without a word.
AC_DEFUN([HRD_ADD_CFLAG], [
AC_MSG_CHECKING([whether $CC accepts $2])
hrd_save_CFLAGS=$CFLAGS
CFLAGS="$CFLAGS -Werror $2"
AC_COMPILE_IFELSE([AC_LANG_PROGRAM([[#include <string.h>]], [[]])],
	[AC_MSG_RESULT([yes]); $1="$$1 $2"],
	[AC_MSG_RESULT([no])])
CFLAGS=$hrd_save_CFLAGS
])

# HRD_C11: C11 with the extensions that AC_USE_SYSTEM_EXTENSIONS asks the C library for.
AC_DEFUN([HRD_C11], [
HRD_C11_CFLAGS=
HRD_ADD_CFLAG([HRD_C11_CFLAGS], [-std=gnu11])
AC_SUBST([HRD_C11_CFLAGS])
])

# HRD_WARNINGS: --enable-werror makes them errors (the test script does, a user need not).
AC_DEFUN([HRD_WARNINGS], [
AC_ARG_ENABLE([werror],
	[AS_HELP_STRING([--enable-werror], [treat compiler warnings as errors])],
	[], [enable_werror=no])
WARN_CFLAGS=
m4_foreach_w([hrd_flag], [-Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes
	-Wold-style-definition -Wpointer-arith -Wwrite-strings -Wundef -Wvla -Wcast-qual
	-Wformat=2 -Wimplicit-fallthrough -Wnull-dereference],
	[HRD_ADD_CFLAG([WARN_CFLAGS], hrd_flag)])
AS_IF([test "x$enable_werror" != xno], [WARN_CFLAGS="$WARN_CFLAGS -Werror"])
AC_SUBST([WARN_CFLAGS])
])

# HRD_HARDENING: what costs nothing measurable; fortify only where CFLAGS optimise.
AC_DEFUN([HRD_HARDENING], [
HARDEN_CFLAGS=
HRD_ADD_CFLAG([HARDEN_CFLAGS], [-fvisibility=hidden])
HRD_ADD_CFLAG([HARDEN_CFLAGS], [-fstack-protector-strong])
HARDEN_LDFLAGS="-Wl,-z,now -Wl,-z,relro"
AC_SUBST([HARDEN_CFLAGS])
AC_SUBST([HARDEN_LDFLAGS])
])

# HRD_SANITIZERS: flags for the whole tree, kept out of CFLAGS.
AC_DEFUN([HRD_SANITIZERS], [
AC_ARG_ENABLE([sanitizers],
	[AS_HELP_STRING([--enable-sanitizers@<:@=LIST@:>@],
		[build with these sanitizers (default list: address,undefined)])],
	[], [enable_sanitizers=no])
AS_CASE([$enable_sanitizers],
	[no], [hrd_sanitizers=],
	[yes], [hrd_sanitizers=address,undefined],
	[hrd_sanitizers=$enable_sanitizers])
SAN_CFLAGS=
AS_IF([test -n "$hrd_sanitizers"], [
	SAN_CFLAGS="-fsanitize=$hrd_sanitizers -fno-omit-frame-pointer -fno-sanitize-recover=all"
	AC_MSG_CHECKING([whether $CC links with $SAN_CFLAGS])
	hrd_save_CFLAGS=$CFLAGS
	CFLAGS="$CFLAGS $SAN_CFLAGS"
	AC_LINK_IFELSE([AC_LANG_PROGRAM([], [])],
		[AC_MSG_RESULT([yes])],
		[AC_MSG_RESULT([no])
		AC_MSG_ERROR(m4_normalize([the compiler cannot link with these sanitizers
			(Debian packages: gcc, or clang and libclang-rt-14-dev)]))])
	CFLAGS=$hrd_save_CFLAGS
])
AC_SUBST([SAN_CFLAGS])
AC_SUBST([hrd_sanitizers])
AM_CONDITIONAL([SANITIZERS], [test -n "$hrd_sanitizers"])
])

# HRD_FUZZING: libFuzzer drives fuzz/fuzz_*; without it they replay their corpus.
AC_DEFUN([HRD_FUZZING], [
AC_ARG_ENABLE([fuzzing],
	[AS_HELP_STRING([--enable-fuzzing], [link fuzz/fuzz_* with libFuzzer (needs CC=clang)])],
	[], [enable_fuzzing=no])
FUZZ_CFLAGS=
FUZZ_LDFLAGS=
hrd_fuzzing=no
AS_IF([test "x$enable_fuzzing" != xno], [
	hrd_fuzzing=yes
	FUZZ_CFLAGS="-fsanitize=fuzzer-no-link"
	FUZZ_LDFLAGS="-fsanitize=fuzzer"
	AC_MSG_CHECKING([whether $CC has libFuzzer])
	hrd_save_CFLAGS=$CFLAGS
	CFLAGS="$CFLAGS $FUZZ_CFLAGS"
	AC_LINK_IFELSE([AC_LANG_PROGRAM([], [])],
		[AC_MSG_RESULT([yes])],
		[AC_MSG_RESULT([no])
		AC_MSG_ERROR(
			[fuzzing needs CC=clang (Debian packages: clang, libclang-rt-14-dev)])])
	CFLAGS=$hrd_save_CFLAGS
])
AC_SUBST([FUZZ_CFLAGS])
AC_SUBST([FUZZ_LDFLAGS])
AM_CONDITIONAL([FUZZING], [test "x$hrd_fuzzing" = xyes])
])

# HRD_PKG(PREFIX, MODULE, DEBIAN-PACKAGE): a library that the build cannot do without.
AC_DEFUN([HRD_PKG], [
PKG_CHECK_MODULES([$1], [$2], [],
	[AC_MSG_ERROR([$2 not found (Debian package: $3; script/setup installs all of them)])])
])

# HRD_PKG_OPTIONAL(PREFIX, MODULE): sets HAVE_PREFIX for Makefile.am and hrd_have_prefix.
AC_DEFUN([HRD_PKG_OPTIONAL], [
PKG_CHECK_MODULES([$1], [$2], [AS_TR_SH([hrd_have_]m4_tolower([$1]))=yes],
	[AS_TR_SH([hrd_have_]m4_tolower([$1]))=no])
AM_CONDITIONAL([HAVE_$1], [test "x$AS_TR_SH([hrd_have_]m4_tolower([$1]))" = xyes])
AS_IF([test "x$hrd_have_cmocka" = xno],
	[hrd_cmocka_hint=" (make check needs the Debian package libcmocka-dev)"],
	[hrd_cmocka_hint=])
])
