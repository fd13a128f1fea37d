package io.jitney.daemon.pubsub;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;

/**
 * Whether bytes can be read as a {@code io.cloudevents.v1.CloudEvent}. No class of that message is
 * at hand, and nothing is wanted of it but this.
 */
final class CloudEventProto {
  private static final int LAST_STRING = 4;
  private static final int TEXT_DATA = 7;

  private CloudEventProto() {}

  static boolean isOne(Buffer data) {
    try {
      CodedInputStream in = CodedInputStream.newInstance(data.getBytes());
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        int field = WireFormat.getTagFieldNumber(tag);
        boolean bytes = WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED;
        if (bytes && (field <= LAST_STRING || field == TEXT_DATA)) {
          in.readStringRequireUtf8();
        } else if (!in.skipField(tag)) {
          return false; // the end of a group that did not begin
        }
      }
      return true;
    } catch (IOException malformed) {
      return false;
    }
  }
}
