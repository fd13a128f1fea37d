package io.jitney.daemon.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import io.jitney.daemon.error.DaprErrors;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.Set;

/**
 * Bodies of daprd's "universal" endpoints: read whatever the verb, may be empty, else must be one
 * JSON object as protobuf's JSON reader wants it. Errors name the place and the word as that reader
 * does.
 */
public final class UniversalBody {
  private static final JsonFactory JSON = new JsonFactory();
  private static final Set<String> LITERALS = Set.of("true", "false", "null");

  private UniversalBody() {}

  /**
   * The checked body, possibly empty; fails with {@code ERR_BODY_READ} or {@code
   * ERR_MALFORMED_REQUEST}.
   */
  public static Future<Buffer> read(HttpCall call) {
    return call.body()
        .map(
            body -> {
              check(body);
              return body;
            });
  }

  private static void check(Buffer body) {
    if (body.length() == 0) {
      return;
    }
    String text = body.toString();
    int start = 0;
    while (start < text.length() && Character.isWhitespace(text.charAt(start))) {
      start++;
    }
    if (start == text.length()) {
      throw malformed("syntax error (line 1:" + (start + 1) + "): unexpected token ");
    }
    if (text.charAt(start) != '{') {
      throw wrongToken(text, start);
    }
    try (JsonParser parser = JSON.createParser(text)) {
      parser.nextToken();
      parser.skipChildren();
      if (parser.nextToken() != null) {
        throw wrongToken(text, (int) parser.currentTokenLocation().getCharOffset());
      }
    } catch (JsonProcessingException broken) {
      JsonLocation location = broken.getLocation();
      int at = location == null ? text.length() : (int) Math.max(0, location.getCharOffset());
      throw wrongToken(text, wordStart(text, Math.min(at, text.length())));
    } catch (IOException impossible) {
      throw malformed(String.valueOf(impossible.getMessage()));
    }
  }

  private static int wordStart(String text, int at) {
    int start = Math.min(at, text.length() - 1);
    while (start > 0 && Character.isLetterOrDigit(text.charAt(start - 1))) {
      start--;
    }
    return start;
  }

  private static RuntimeException wrongToken(String text, int at) {
    int end = at;
    while (end < text.length()
        && (Character.isLetterOrDigit(text.charAt(end)) || "._-+".indexOf(text.charAt(end)) >= 0)) {
      end++;
    }
    String word =
        end == at && at < text.length() ? text.substring(at, at + 1) : text.substring(at, end);
    boolean known =
        word.isEmpty() || !Character.isLetter(word.charAt(0)) || LITERALS.contains(word);
    int line = 1;
    int column = 1;
    for (int i = 0; i < at; i++) {
      column = text.charAt(i) == '\n' ? 1 : column + 1;
      line += text.charAt(i) == '\n' ? 1 : 0;
    }
    return malformed(
        "syntax error (line "
            + line
            + ":"
            + column
            + "): "
            + (known ? "unexpected token " : "invalid value ")
            + word);
  }

  private static RuntimeException malformed(String what) {
    return DaprErrors.malformedBody("proto: " + what).exception();
  }
}
