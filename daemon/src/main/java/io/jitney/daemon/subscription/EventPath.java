package io.jitney.daemon.subscription;

import io.jitney.daemon.invoke.PathText;
import java.util.ArrayDeque;
import java.util.Deque;

/** The request URI of a route, as Go makes it: cleaned, escaped where needed, no fragment. */
final class EventPath {
  private EventPath() {}

  /**
   * @param route as it was declared
   * @throws DeliveryException when it can not be part of a URL
   */
  static String uri(String route) {
    int fragment = route.indexOf('#');
    String whole = fragment < 0 ? route : route.substring(0, fragment);
    int question = whole.indexOf('?');
    String path = question < 0 ? whole : whole.substring(0, question);
    String query = question < 0 ? "" : whole.substring(question);
    for (int i = 0; i < whole.length(); i++) {
      if (whole.charAt(i) < ' ' || whole.charAt(i) == 0x7f) {
        throw new DeliveryException("invalid control character in URL");
      }
    }
    try {
      return "/" + PathText.outgoing(clean(path)) + query.replace(" ", "%20");
    } catch (PathText.InvalidEscape invalid) {
      throw new DeliveryException(String.valueOf(invalid.getMessage()));
    }
  }

  /** Without empty parts, {@code .} and {@code ..}. */
  private static String clean(String path) {
    Deque<String> parts = new ArrayDeque<>();
    for (String part : path.split("/", -1)) {
      switch (part) {
        case "", "." -> {}
        case ".." -> parts.pollLast();
        default -> parts.addLast(part);
      }
    }
    return String.join("/", parts);
  }
}
