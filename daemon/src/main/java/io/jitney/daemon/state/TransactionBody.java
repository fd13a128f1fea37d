package io.jitney.daemon.state;

import io.jitney.components.state.SetRequest;
import io.jitney.components.state.StateData;
import io.jitney.components.state.StateOptions;
import io.jitney.daemon.gojson.GoDecoder;
import io.jitney.daemon.gojson.GoJsonException;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The body of an HTTP transaction.
 *
 * @param metadata goes to the transaction, not to its operations
 */
record TransactionBody(List<TransactionItem> operations, Map<String, String> metadata) {
  private static final String FIELD = "Go struct field stateTransactionRequestBody.";
  private static final String OPERATION = "http.stateTransactionRequestBodyOperation";
  private static final TransactionItem NOTHING =
      new TransactionItem(
          "",
          new SetRequest(
              "", new StateData.Json(Buffer.buffer("null")), null, Map.of(), StateOptions.NONE),
          null);

  static TransactionBody parse(Buffer body) throws GoJsonException {
    return GoDecoder.decode(body, TransactionBody::read);
  }

  private static TransactionBody read(GoDecoder in) throws IOException {
    List<TransactionItem> operations = List.of();
    Map<String, String> metadata = Map.of();
    if (in.object("Go value", "http.stateTransactionRequestBody")) {
      for (String name = in.nextMember(); name != null; name = in.nextMember()) {
        switch (name.toLowerCase(Locale.ROOT)) {
          case "operations" -> operations = operations(in);
          case "metadata" -> metadata = in.strings(FIELD + "metadata", metadata);
          default -> in.skip();
        }
      }
    }
    return new TransactionBody(operations, metadata);
  }

  private static List<TransactionItem> operations(GoDecoder in) throws IOException {
    if (!in.array(FIELD + "operations", "[]" + OPERATION)) {
      return List.of();
    }
    List<TransactionItem> operations = new ArrayList<>();
    while (in.nextElement()) {
      operations.add(in.object(FIELD + "operations", OPERATION) ? operation(in) : NOTHING);
    }
    return operations;
  }

  private static TransactionItem operation(GoDecoder in) throws IOException {
    String operation = "";
    TransactionItem request = NOTHING;
    for (String name = in.nextMember(); name != null; name = in.nextMember()) {
      switch (name.toLowerCase(Locale.ROOT)) {
        case "operation" -> {
          String text =
              in.string(
                  "Go struct field stateTransactionRequestBodyOperation.operations.operation");
          operation = text == null ? operation : text;
        }
        case "request" -> request = new TransactionRequest().read(in);
        default -> in.skip();
      }
    }
    return new TransactionItem(
        operation, request.request(), request.contentType(), request.problem());
  }
}
