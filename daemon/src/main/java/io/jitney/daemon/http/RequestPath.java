package io.jitney.daemon.http;

import java.util.ArrayList;
import java.util.List;

/** Cleans paths as Go's {@code path.Clean} does, on the escaped text, and strips the trailing slash. */
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
}
