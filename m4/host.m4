# SPDX-License-Identifier: BSD-3-Clause
# The host of the module: a configured Unbound source tree, of which only headers are used.

# HRD_HOST: --with-unbound-source=DIR or --without-module.
# The layout of Unbound's structures depends on its version, its distribution's patches and its
# configure flags, so nothing less than the tree that the running server was built from will do.
AC_DEFUN([HRD_HOST], [
AC_ARG_WITH([module],
	[AS_HELP_STRING([--without-module], [build rpzgen alone, without the Unbound module])],
	[], [with_module=yes])
AC_ARG_WITH([unbound-source],
	[AS_HELP_STRING([--with-unbound-source=DIR],
		[configured source tree of the Unbound that will load the module])],
	[], [with_unbound_source=no])
hrd_host_dir=
hrd_host_version=
hrd_module=no
AS_IF([test "x$with_module" = xno], [HRD_HOST_FLAG=--without-module], [HRD_HOST_FIND])
AC_SUBST([HRD_HOST_FLAG])
AC_SUBST([HOST_CPPFLAGS])
AC_SUBST([hrd_host_dir])
AM_CONDITIONAL([MODULE], [test "x$hrd_module" = xyes])
])

AC_DEFUN([HRD_HOST_FIND], [
AC_MSG_CHECKING([for the configured Unbound source tree])
AS_CASE([$with_unbound_source],
	[yes|no], [AC_MSG_RESULT([no])
		AC_MSG_ERROR([the module needs the source tree of its host.
  Build one with script/build-unbound and pass the --with-unbound-source=DIR that it prints,
  or pass --without-module to build rpzgen alone.])])
AS_IF([test ! -d "$with_unbound_source"], [AC_MSG_RESULT([no])
	AC_MSG_ERROR([--with-unbound-source: no directory $with_unbound_source])])
hrd_host_dir=`cd "$with_unbound_source" && pwd -P`
AC_MSG_RESULT([$hrd_host_dir])
AS_IF([test ! -f "$hrd_host_dir/config.h"],
	[AC_MSG_ERROR(m4_normalize([$hrd_host_dir has no config.h: configure that tree with the
		flags of the server, and --with-dynlibmodule]))])
# A tree built out of its source directory has the headers elsewhere.
hrd_host_src=$hrd_host_dir
AS_IF([test ! -f "$hrd_host_src/util/module.h" && test -f "$hrd_host_dir/Makefile"], [
	hrd_host_src=`$SED -n 's/^srcdir *= *//p' "$hrd_host_dir/Makefile"`
	hrd_host_src=`cd "$hrd_host_dir" && cd "$hrd_host_src" && pwd`])
AS_IF([test ! -f "$hrd_host_src/dynlibmod/dynlibmod.h"],
	[AC_MSG_ERROR(
		[no dynlibmod/dynlibmod.h in $hrd_host_src: Unbound 1.13 or later is needed])])
AS_IF([$GREP '^#define WITH_DYNLIBMODULE 1' "$hrd_host_dir/config.h" >/dev/null], [],
	[AC_MSG_ERROR(m4_normalize([$hrd_host_dir was configured without --with-dynlibmodule: such a
		server cannot load the module]))])
AS_IF([$GREP '^#define CONFCMDLINE ' "$hrd_host_dir/config.h" >/dev/null], [],
	[AC_MSG_ERROR(m4_normalize([$hrd_host_dir/config.h does not define CONFCMDLINE, which the
		module compares with the running server]))])
hrd_host_version=`$SED -n 's/^#define PACKAGE_STRING "\(.*\)"/\1/p' "$hrd_host_dir/config.h"`
hrd_module=yes
HRD_HOST_FLAG="--with-unbound-source=$hrd_host_dir"
# As system headers: their warnings are not ours.
HOST_CPPFLAGS="-isystem $hrd_host_src -isystem $hrd_host_dir"
HOST_CPPFLAGS="$HOST_CPPFLAGS -DHRD_HOST_CONFIG_H='<$hrd_host_dir/config.h>'"
dnl Without this check a tree that does not compile at all would pass for an old one.
HRD_HOST_IF([whether the headers of the host compile], [HRD_HOST_COMPILES], [])
AS_CASE([$HOST_CPPFLAGS], [*HRD_HOST_COMPILES*], [],
	[AC_MSG_ERROR([the headers in $hrd_host_src do not compile; config.log says why])])
HRD_HOST_IF([whether attach_sub of the host takes client information], [HRD_HOST_ATTACH_SUB_CINFO],
	[struct module_env *env = 0;
		env->attach_sub(0, 0, (struct respip_client_info *)0, 0, 0, 0, 0);])
HRD_HOST_IF([whether mesh_state_remove_reply of the host takes streams], [HRD_HOST_REMOVE_STREAM],
	[mesh_state_remove_reply(0, 0, 0, (struct http2_stream *)0, (struct doq_stream *)0);])
HRD_HOST_IF([whether the host knows DNS over QUIC], [HRD_HOST_QUIC],
	[struct comm_point c; c.type = comm_doq; (void)c;])
HRD_HOST_BUILD_ID
])

# HRD_HOST_IF(MESSAGE, MACRO, STATEMENTS): define MACRO for the module when the statements compile.
AC_DEFUN([HRD_HOST_IF], [
AC_MSG_CHECKING([$1])
hrd_save_CPPFLAGS=$CPPFLAGS
CPPFLAGS="$CPPFLAGS -isystem $hrd_host_src -isystem $hrd_host_dir"
AC_COMPILE_IFELSE([AC_LANG_SOURCE([[
#include "$hrd_host_dir/config.h"
#include <util/module.h>
#include <services/mesh.h>
#include <util/netevent.h>
int main(void) { $3 return 0; }]])],
	[AC_MSG_RESULT([yes]); HOST_CPPFLAGS="$HOST_CPPFLAGS -D$2=1"],
	[AC_MSG_RESULT([no])])
CPPFLAGS=$hrd_save_CPPFLAGS
])

# HRD_HOST_BUILD_ID: the GNU build-id of the server in the tree. A running server with the same one
# is that very binary (installing and stripping keep it), so the load guard need not look further.
AC_DEFUN([HRD_HOST_BUILD_ID], [
AC_CHECK_TOOL([READELF], [readelf], [:])
AC_MSG_CHECKING([for the build-id of the host])
hrd_host_build_id=
AS_IF([test -f "$hrd_host_dir/unbound"],
	[hrd_host_build_id=`$READELF -n "$hrd_host_dir/unbound" 2>/dev/null |
		$SED -n 's/^ *Build ID: *//p'`])
AC_MSG_RESULT([${hrd_host_build_id:-none}])
HOST_CPPFLAGS="$HOST_CPPFLAGS -DHRD_HOST_BUILD_ID='\"$hrd_host_build_id\"'"
])
