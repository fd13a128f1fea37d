package io.jitney.daemon.pubsub;

import io.jitney.daemon.error.PubSubErrors;
import io.jitney.daemon.gojson.GoDecoder;
import io.jitney.daemon.gojson.GoJsonException;
import io.jitney.daemon.gojson.GoValue;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Body of a bulk over HTTP: an array of entries, whose events become bytes by their content types.
 */
final class BulkBody {
  private static final String TYPE = "[]http.bulkPublishMessageEntry";
  private static final String FIELD = "Go struct field bulkPublishMessageEntry.";
  private static final String MISMATCH = "error: mismatch between contentType and event";

  /** As it stands in the body. */
  private record Raw(
      String entryId, GoValue event, String contentType, @Nullable Map<String, String> metadata) {}

  private BulkBody() {}

  /** The entries in order; fails with the API's errors. */
  static List<Event.Entry> read(PublishCall call, Buffer body) {
    List<Raw> raw;
    try {
      raw = GoDecoder.decode(body, BulkBody::entries);
    } catch (GoJsonException unreadable) {
      throw PubSubErrors.bulkBody(
              call.pubSub().name(),
              call.topic(),
              call.instance().appId(),
              String.valueOf(unreadable.getMessage()))
          .exception();
    }
    List<Event.Entry> entries = new ArrayList<>(raw.size());
    Set<String> ids = new HashSet<>();
    for (Raw one : raw) {
      Buffer data = data(call, one);
      if (one.entryId().isEmpty() || !ids.add(one.entryId())) {
        throw PublishApi.entryId(call).exception();
      }
      Map<String, String> metadata = one.metadata();
      entries.add(
          new Event.Entry(
              one.entryId(),
              new Event(
                  data,
                  one.contentType(),
                  metadata == null ? Map.of() : metadata,
                  metadata != null)));
    }
    return entries;
  }

  private static List<Raw> entries(GoDecoder in) throws IOException {
    List<Raw> entries = new ArrayList<>();
    if (in.array("Go value", TYPE)) {
      while (in.nextElement()) {
        entries.add(entry(in));
      }
    }
    return entries;
  }

  private static Raw entry(GoDecoder in) throws IOException {
    String entryId = "";
    GoValue event = GoValue.ofNull();
    String contentType = "";
    Map<String, String> metadata = null;
    if (in.object("Go value", "http.bulkPublishMessageEntry")) {
      for (String name = in.nextMember(); name != null; name = in.nextMember()) {
        switch (name.toLowerCase(Locale.ROOT)) {
          case "entryid" -> entryId = text(in, "entryId", entryId);
          case "event" -> event = GoValue.read(in);
          case "contenttype" -> contentType = text(in, "contentType", contentType);
          case "metadata" -> metadata = metadata(in, metadata);
          default -> in.skip();
        }
      }
    }
    return new Raw(entryId, event, contentType, metadata);
  }

  private static String text(GoDecoder in, String field, String otherwise) throws IOException {
    String text = in.string(FIELD + field);
    return text == null ? otherwise : text;
  }

  /** An empty map is one all the same: what the request says reaches that entry. */
  private static @Nullable Map<String, String> metadata(
      GoDecoder in, @Nullable Map<String, String> known) throws IOException {
    return in.isNull() ? null : in.strings(FIELD + "metadata", known == null ? Map.of() : known);
  }

  private static Buffer data(PublishCall call, Raw entry) {
    String type = entry.contentType();
    if (ContentType.isText(type)) {
      if (entry.event() instanceof GoValue.Text(String text)) {
        return Buffer.buffer(text);
      }
    } else if (ContentType.isOctets(type)) {
      if (entry.event() instanceof GoValue.Text(String text)) {
        return base64(call, text);
      }
    } else if (ContentType.isJson(type) || ContentType.isCloudEvent(type)) {
      return entry.event().throughDoubles().encode(64);
    }
    throw envelope(call, MISMATCH);
  }

  private static Buffer base64(PublishCall call, String text) {
    String letters = text.replace("\r", "").replace("\n", "");
    try {
      if (letters.length() % 4 != 0) {
        throw new IllegalArgumentException("padding");
      }
      return Buffer.buffer(Base64.getDecoder().decode(letters));
    } catch (IllegalArgumentException illegal) {
      throw envelope(
          call,
          "error: unable to decode base64 application/octect-stream data: illegal base64 data at"
              + " input byte "
              + illegalAt(letters));
    }
  }

  /** Where Go stops: at the first letter out of place, or at the end. */
  private static int illegalAt(String text) {
    for (int at = 0; at < text.length(); at++) {
      char c = text.charAt(at);
      boolean letter =
          (c >= 'A' && c <= 'Z')
              || (c >= 'a' && c <= 'z')
              || (c >= '0' && c <= '9')
              || c == '+'
              || c == '/';
      if (!letter) {
        return at;
      }
    }
    return text.length();
  }

  private static RuntimeException envelope(PublishCall call, String cause) {
    return PubSubErrors.envelope(call.pubSub().name(), call.topic(), call.instance().appId(), cause)
        .exception();
  }
}
