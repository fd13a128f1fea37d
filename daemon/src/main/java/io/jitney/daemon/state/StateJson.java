package io.jitney.daemon.state;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.jitney.components.state.BulkItem;
import io.jitney.components.state.QueryResult;
import io.jitney.daemon.gojson.GoSyntax;
import io.netty.buffer.ByteBufUtil;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/**
 * Answers of bulk get and query over HTTP. Values are embedded as they are stored. One that is no
 * JSON (bytes of gRPC, decrypted text) makes daprd's answer empty; here it is a JSON string: the
 * text, or base64 of what is no text.
 */
final class StateJson {
  private static final int ITEM_OVERHEAD = 64;

  private StateJson() {}

  /** About how many bytes the answer has. */
  static int size(List<BulkItem> items) {
    int size = 2;
    for (BulkItem item : items) {
      Buffer data = item.item().data();
      size += ITEM_OVERHEAD + item.key().length() + (data == null ? 0 : data.length());
    }
    return size;
  }

  static Buffer items(List<BulkItem> items) {
    Buffer out = Buffer.buffer(size(items));
    append(items, true, out);
    return out;
  }

  static Buffer query(QueryResult result) {
    Buffer out = Buffer.buffer();
    out.appendString("{\"results\":");
    append(result.items(), false, out);
    if (!result.token().isEmpty()) {
      out.appendString(",\"token\":");
      string(result.token(), out);
    }
    if (!result.metadata().isEmpty()) {
      out.appendString(",\"metadata\":");
      strings(result.metadata(), out);
    }
    return out.appendByte((byte) '}');
  }

  private static void append(List<BulkItem> items, boolean withMetadata, Buffer out) {
    out.appendByte((byte) '[');
    for (int i = 0; i < items.size(); i++) {
      if (i > 0) {
        out.appendByte((byte) ',');
      }
      append(items.get(i), withMetadata, out);
    }
    out.appendByte((byte) ']');
  }

  private static void append(BulkItem item, boolean withMetadata, Buffer out) {
    out.appendString("{\"key\":");
    string(item.key(), out);
    Buffer data = item.item().data();
    if (data != null && data.length() > 0) {
      out.appendString(",\"data\":");
      value(data, out);
    }
    String etag = item.item().etag();
    if (etag != null) {
      out.appendString(",\"etag\":");
      string(etag, out);
    }
    if (withMetadata && !item.item().metadata().isEmpty()) {
      out.appendString(",\"metadata\":");
      strings(item.item().metadata(), out);
    }
    String error = item.error();
    if (error != null && !error.isEmpty()) {
      out.appendString(",\"error\":");
      string(error, out);
    }
    out.appendByte((byte) '}');
  }

  private static void value(Buffer data, Buffer out) {
    if (GoSyntax.isJson(data)) {
      out.appendBuffer(data);
    } else if (ByteBufUtil.isText(((BufferInternal) data).getByteBuf(), StandardCharsets.UTF_8)) {
      string(data.toString(), out);
    } else {
      string(Base64.getEncoder().encodeToString(data.getBytes()), out);
    }
  }

  private static void strings(Map<String, String> map, Buffer out) {
    out.appendByte((byte) '{');
    boolean first = true;
    for (Map.Entry<String, String> entry : map.entrySet()) {
      if (!first) {
        out.appendByte((byte) ',');
      }
      first = false;
      string(entry.getKey(), out);
      out.appendByte((byte) ':');
      string(entry.getValue(), out);
    }
    out.appendByte((byte) '}');
  }

  private static void string(String text, Buffer out) {
    out.appendByte((byte) '"');
    out.appendBytes(JsonStringEncoder.getInstance().quoteAsUTF8(text));
    out.appendByte((byte) '"');
  }
}
