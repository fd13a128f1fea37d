package io.jitney.daemon.http;

import java.util.ArrayList;
import java.util.List;

/**
 * Cleans paths as Go's {@code path.Clean} does, on the escaped text, and strips the trailing slash.
 */
final class RequestPath {
  private RequestPath() {}

  static String clean(String path) {
    if (path.isEmpty() || path.charAt(0) != '/') {
      return clean("/" + path);
    }
    boolean clean = path.length() == 1 || path.charAt(path.length() - 1) != '/';
    for (int slash = path.indexOf('/'); clean && slash >= 0 && slash + 1 < path.length(); ) {
      char next = path.charAt(slash + 1);
      clean = next != '/' && next != '.';
      slash = path.indexOf('/', slash + 1);
    }
    if (clean) {
      return path;
    }
    List<String> kept = new ArrayList<>();
    for (String segment : path.split("/")) {
      if (segment.equals("..")) {
        if (!kept.isEmpty()) {
          kept.removeLast();
        }
      } else if (!segment.isEmpty() && !segment.equals(".")) {
        kept.add(segment);
      }
    }
    return "/" + String.join("/", kept);
  }

  /**
   * Whether every percent sign starts a two-digit escape; Go's server refuses the request
   * otherwise.
   */
  static boolean validEscapes(String path) {
    for (int i = path.indexOf('%'); i >= 0; i = path.indexOf('%', i + 1)) {
      if (i + 2 >= path.length()
          || Character.digit(path.charAt(i + 1), 16) < 0
          || Character.digit(path.charAt(i + 2), 16) < 0) {
        return false;
      }
    }
    return true;
  }
}
