package io.jitney.daemon.error;

import static org.assertj.core.api.Assertions.assertThat;

import io.jitney.components.spi.ComponentException;
import io.jitney.tenancy.TenantId;
import io.jitney.tenancy.admission.Admission;
import io.jitney.tenancy.admission.Reason;
import io.vertx.core.buffer.Buffer;
import io.vertx.grpc.common.GrpcStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Prints the catalogue: what every method of every {@code ...Errors} class makes, parameters by
 * name. So no wire code changes by accident; a change on purpose is made with {@code
 * -Dcatalogue.write=true}.
 */
class ErrorCatalogueTest {
  private static final Path FILE = Path.of("src/test/resources/errors.txt");

  @Test
  void noErrorChangesByAccident() throws IOException {
    String printed = classes().map(ErrorCatalogueTest::print).collect(Collectors.joining("\n"));
    if (Boolean.getBoolean("catalogue.write")) {
      Files.writeString(FILE, printed);
    }
    assertThat(printed)
        .as(
            "the catalogue; if the change is meant: mvn ... -Dtest=ErrorCatalogueTest -Dcatalogue.write=true")
        .isEqualTo(Files.readString(FILE));
  }

  private static Stream<Class<?>> classes() throws IOException {
    Path folder;
    try {
      folder =
          Path.of(Objects.requireNonNull(DaprErrors.class.getResource("DaprErrors.class")).toURI())
              .getParent();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
    try (Stream<Path> files = Files.list(folder)) {
      List<Class<?>> classes = new ArrayList<>();
      for (String name : files.map(file -> file.getFileName().toString()).sorted().toList()) {
        if (name.endsWith("Errors.class")) {
          classes.add(Class.forName("io.jitney.daemon.error." + name.replace(".class", "")));
        }
      }
      return classes.stream();
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String print(Class<?> errors) {
    return Arrays.stream(errors.getDeclaredMethods())
        .filter(
            method ->
                Modifier.isPublic(method.getModifiers())
                    && Modifier.isStatic(method.getModifiers()))
        .filter(
            method ->
                method.getReturnType() == DaprError.class || method.getReturnType() == String.class)
        .sorted(Comparator.comparing(Method::getName).thenComparingInt(Method::getParameterCount))
        .map(method -> errors.getSimpleName() + "." + method.getName() + "\n" + made(method))
        .collect(Collectors.joining());
  }

  private static String made(Method method) {
    Object[] samples =
        Arrays.stream(method.getParameters()).map(ErrorCatalogueTest::sample).toArray();
    try {
      Object made = method.invoke(null, samples);
      return made instanceof DaprError error ? row(error) : "    " + made + "\n";
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(method.toString(), e);
    }
  }

  private static String row(DaprError error) {
    StringBuilder row = new StringBuilder();
    row.append("    ").append(error.httpStatus()).append(' ').append(body(error)).append('\n');
    row.append("    ")
        .append(error.grpcStatus().name())
        .append(' ')
        .append(GrpcErrorWriter.message(error));
    error.grpcDetails().forEach(detail -> row.append("\n      ").append(text(detail)));
    return row.append('\n').toString();
  }

  private static Object text(ErrorDetail detail) {
    return detail instanceof ErrorDetail.ErrorInfo info
        ? (info.domain().equals("dapr.io") ? "" : info.domain() + " ")
            + "ErrorInfo[reason="
            + info.reason()
            + ", metadata="
            + (info.metadata() == null ? null : new TreeMap<>(info.metadata()))
            + "]"
        : detail;
  }

  private static String body(DaprError error) {
    return HttpErrorWriter.body(error).toString();
  }

  private static Object sample(Parameter parameter) {
    String name = "<" + parameter.getName() + ">";
    Class<?> type = parameter.getType();
    if (type == String.class) {
      return name;
    } else if (type == int.class) {
      return 7;
    } else if (type == long.class) {
      return 7L;
    } else if (type == boolean.class) {
      return true;
    } else if (type == byte[].class) {
      return name.getBytes(StandardCharsets.UTF_8);
    } else if (type == GrpcStatus.class) {
      return GrpcStatus.INTERNAL;
    } else if (type == Throwable.class) {
      return new ComponentException.Failed(name);
    } else if (type == Admission.Refused.class) {
      return new Admission.Refused(Reason.RATE, "<limit>", 1_500);
    } else if (type == TenantId.class) {
      return new TenantId("<namespace>", "<appId>");
    } else if (type == Buffer.class) {
      return Buffer.buffer(name);
    } else if (type == Map.class) {
      return Map.of("<key>", name);
    } else if (type == DaprError.class) {
      return StateErrors.notFound("<store>", "<appId>");
    }
    throw new UncheckedIOException(new IOException("no sample of " + type + ": add one here"));
  }
}
