package io.jitney.daemon.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import com.fasterxml.jackson.core.io.SerializedString;
import com.fasterxml.jackson.core.util.JsonGeneratorDelegate;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;

/**
 * JSON as Go's encoder writes it: {@code <}, {@code >} and {@code &} escaped, a newline at the end.
 */
public final class GoJson {
  private static final JsonFactory FACTORY = new JsonFactory().setCharacterEscapes(new Escapes());

  private GoJson() {}

  /** A generator; named here so that callers need not know Jackson's. */
  public static final class Out extends JsonGeneratorDelegate {
    Out(JsonGenerator generator) {
      super(generator, false);
    }
  }

  /** Writes one document. */
  @FunctionalInterface
  public interface Writer {
    void write(Out json) throws IOException;
  }

  public static Buffer write(Writer writer) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    try (JsonGenerator generator = FACTORY.createGenerator(bytes)) {
      writer.write(new Out(generator));
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    bytes.write('\n');
    return Buffer.buffer(bytes.toByteArray());
  }

  /** A duration as Go prints it: {@code 5s}, {@code 500ms}, {@code 1m30s}, {@code 1.5s}. */
  public static String duration(long millis) {
    if (millis < 1000) {
      return millis == 0 ? "0s" : millis + "ms";
    }
    long hours = millis / 3_600_000;
    long minutes = millis / 60_000 % 60;
    long rest = millis % 60_000;
    String seconds =
        rest % 1000 == 0
            ? Long.toString(rest / 1000)
            : String.format(Locale.ROOT, "%.3f", rest / 1000.0).replaceAll("0+$", "");
    return (hours > 0 ? hours + "h" : "")
        + (hours > 0 || minutes > 0 ? minutes + "m" : "")
        + seconds
        + "s";
  }

  private static final class Escapes extends CharacterEscapes {
    private static final long serialVersionUID = 1L;
    private static final int[] ASCII = CharacterEscapes.standardAsciiEscapesForJSON();

    static {
      ASCII['<'] = ESCAPE_CUSTOM;
      ASCII['>'] = ESCAPE_CUSTOM;
      ASCII['&'] = ESCAPE_CUSTOM;
    }

    @Override
    public int[] getEscapeCodesForAscii() {
      return ASCII;
    }

    @Override
    public SerializableString getEscapeSequence(int c) {
      return new SerializedString(String.format(Locale.ROOT, "\\u%04x", c));
    }
  }
}
