package io.jitney.daemon.invoke;

import io.vertx.core.MultiMap;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Target and method of an HTTP call, as the first of these names them: header {@code dapr-app-id},
 * user {@code dapr-app-id} of Basic authentication, path {@code /v1.0/invoke/<id>/method/<method>}.
 *
 * @param id decoded, in any of its forms
 * @param method decoded, not cleaned yet
 */
record HttpTarget(String id, String method) {
  private static final String HEADER = "dapr-app-id";
  private static final String BASIC = "Basic ";
  private static final String METHOD = "/method/";

  /**
   * @param path as the client sent it, escaped and not cleaned: {@code //} of a URL survives
   * @return null when nothing names a target
   */
  static @Nullable HttpTarget find(String path, MultiMap headers) {
    String id = headers.get(HEADER);
    if (id != null && !id.isEmpty()) {
      return new HttpTarget(id, wholePath(path));
    }
    String authorization = headers.get("authorization");
    if (authorization != null && authorization.startsWith(BASIC)) {
      String user = basicUser(authorization.substring(BASIC.length()));
      if (user != null) {
        return new HttpTarget(user, wholePath(path));
      }
    }
    return ofPath(PathText.decode(path));
  }

  private static String wholePath(String path) {
    String decoded = PathText.decode(path);
    return decoded.startsWith("/") ? decoded.substring(1) : decoded;
  }

  private static @Nullable String basicUser(String credentials) {
    String text;
    try {
      text = new String(Base64.getDecoder().decode(credentials), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException notBase64) {
      return null;
    }
    int colon = text.indexOf(':');
    boolean names =
        colon >= 0
            && text.indexOf(':', colon + 1) < 0
            && text.substring(0, colon).equalsIgnoreCase(HEADER);
    return names && colon + 1 < text.length() ? text.substring(colon + 1) : null;
  }

  private static @Nullable HttpTarget ofPath(String path) {
    int start = afterPrefix(path);
    if (start < 0) {
      return null;
    }
    int method = path.indexOf(METHOD, start);
    if (method <= start) {
      return null;
    }
    return new HttpTarget(
        unescape(path.substring(start, method)), path.substring(method + METHOD.length()));
  }

  /**
   * Where {@code /v1.0/invoke/} ends, however many slashes there are; -1 when the path begins with
   * something else.
   */
  private static int afterPrefix(String path) {
    int at = skip(path, 0, "v1.0");
    at = at < 0 ? -1 : skip(path, at, "invoke");
    if (at < 0 || at >= path.length() || path.charAt(at) != '/') {
      return -1;
    }
    while (at < path.length() && path.charAt(at) == '/') {
      at++;
    }
    return at;
  }

  private static int skip(String path, int from, String part) {
    int at = from;
    while (at < path.length() && path.charAt(at) == '/') {
      at++;
    }
    int end = at + part.length();
    return path.startsWith(part, at) && (end == path.length() || path.charAt(end) == '/')
        ? end
        : -1;
  }

  private static String unescape(String id) {
    if (id.indexOf('%') < 0 && id.indexOf('+') < 0) {
      return id;
    }
    try {
      return URLDecoder.decode(id, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException broken) {
      return id;
    }
  }
}
