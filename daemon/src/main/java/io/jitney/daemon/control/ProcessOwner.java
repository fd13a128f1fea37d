package io.jitney.daemon.control;

import com.sun.security.auth.module.UnixSystem;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;

/**
 * The user that this process runs as. Principals of the file system and of {@code SO_PEERCRED} are
 * equal when their numeric ids are, so they serve where a user has no name (containers).
 *
 * @param uid the effective user id
 * @param user the same as a principal
 */
record ProcessOwner(long uid, UserPrincipal user) {
  static ProcessOwner current() throws IOException {
    Path self = Path.of("/proc/self");
    if (Files.exists(self)) {
      Number uid = (Number) Files.getAttribute(self, "unix:uid");
      return new ProcessOwner(uid.longValue(), Files.getOwner(self));
    }
    long uid = new UnixSystem().getUid();
    return new ProcessOwner(uid, principal(uid));
  }

  static UserPrincipal root() throws IOException {
    return principal(0);
  }

  boolean isRoot() {
    return uid == 0;
  }

  private static UserPrincipal principal(long uid) throws IOException {
    return FileSystems.getDefault()
        .getUserPrincipalLookupService()
        .lookupPrincipalByName(Long.toString(uid));
  }
}
