import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;

/**
 * An app of `jitney demo`, and of any Dapr: it knows nothing of Jitney. Reserves goods when another
 * app asks, and remembers what, under a key that the other app uses, too. Run it with Dapr's
 * environment: APP_PORT, DAPR_HTTP_PORT.
 */
public final class Stock {
  private static final String DAPR =
      "http://127.0.0.1:" + System.getenv("DAPR_HTTP_PORT") + "/v1.0";
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  public static void main(String[] args) throws IOException {
    int port = Integer.parseInt(System.getenv("APP_PORT"));
    HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
    server.createContext("/reserve", exchange -> answer(exchange, Stock::reserve));
    server.createContext(
        "/last", exchange -> answer(exchange, item -> call("GET", "/state/store/last", "")));
    server.start();
    System.out.println("stock listens on port " + port);
  }

  private static String reserve(String item) throws IOException, InterruptedException {
    call("POST", "/state/store", "[{\"key\":\"last\",\"value\":{\"reserved\":\"" + item + "\"}}]");
    return item + " is reserved";
  }

  private static String call(String method, String path, String body)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(DAPR + path))
            .header("Content-Type", "application/json")
            .method(method, BodyPublishers.ofString(body))
            .build();
    HttpResponse<String> response = HTTP.send(request, BodyHandlers.ofString());
    if (response.statusCode() >= 300) {
      throw new IOException(path + " answered " + response.statusCode() + ": " + response.body());
    }
    return response.body();
  }

  private interface Work {
    String on(String body) throws IOException, InterruptedException;
  }

  private static void answer(HttpExchange exchange, Work work) throws IOException {
    int status = 200;
    String text;
    try {
      text = work.on(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException | InterruptedException failure) {
      status = 500;
      text = String.valueOf(failure.getMessage());
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }
}
