package io.jitney.daemon.invoke;

import io.jitney.components.spi.GoText;
import io.jitney.daemon.error.InvokeErrors;
import java.util.ArrayList;
import java.util.List;

/** The method of a call, checked and cleaned as daprd does before it looks at anything else. */
final class MethodName {
  private MethodName() {}

  /**
   * Resolves {@code .}, {@code ..} and repeated slashes; without slash at the ends.
   *
   * @throws InvokeException when it holds {@code #}, {@code ?}, NUL or another control character
   */
  static String normalise(String method) {
    boolean clean = true;
    char before = '/';
    for (int i = 0; i < method.length(); i++) {
      char c = method.charAt(i);
      if (c < ' ' || c == 0x7f || c == '#' || c == '?') {
        throw forbidden(method);
      }
      if (before == '/' && (c == '/' || c == '.')) {
        clean = false; // perhaps not; seldom enough to look closer
      }
      before = c;
    }
    return clean && (before != '/' || method.isEmpty()) ? method : cleaned(method);
  }

  private static InvokeException forbidden(String method) {
    for (int i = 0; i < method.length(); i++) {
      char c = method.charAt(i);
      if (c == '#' || c == '?' || c == 0) {
        return invalid("method contains forbidden character: " + GoText.quote(method));
      }
    }
    int at = 0;
    for (int i = 0; i < method.length(); i++) {
      char c = method.charAt(i);
      if (c < ' ' || c == 0x7f) {
        return invalid(
            "method contains control character at position " + at + ": " + GoText.quote(method));
      }
      at += c < 0x80 ? 1 : c < 0x800 ? 2 : Character.isSurrogate(c) ? 2 : 3; // Go counts bytes
    }
    throw new AssertionError(method);
  }

  private static InvokeException invalid(String text) {
    return new InvokeException(InvokeErrors.invalidArgument("invalid method: " + text));
  }

  private static String cleaned(String method) {
    List<String> kept = new ArrayList<>();
    for (String segment : method.split("/")) {
      if (segment.equals("..")) {
        if (!kept.isEmpty()) {
          kept.removeLast();
        }
      } else if (!segment.isEmpty() && !segment.equals(".")) {
        kept.add(segment);
      }
    }
    return String.join("/", kept);
  }
}
