package io.jitney.components.redis;

import static io.jitney.components.testing.TestNode.call;
import static io.jitney.components.testing.TestNode.flow;
import static org.assertj.core.api.Assertions.assertThat;

import io.jitney.components.spi.Flow;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.ByteArrayOutput;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CostsTest {
  private static final int MIB = 1 << 20;

  private final Costs costs = new Costs();
  private final Flow one = flow("one");
  private final Flow two = flow("two");

  private static RedisWork read(Flow flow) {
    return batch(flow, 1);
  }

  private static RedisBatch batch(Flow flow, int size) {
    List<RedisCall<byte[]>> calls = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      calls.add(
          RedisCall.read(() -> new ByteArrayOutput<>(ByteArrayCodec.INSTANCE), 1, "GET", "k"));
    }
    return new RedisBatch(call(flow, 1_000), calls);
  }

  private static RedisWork write(Flow flow, int bytes) {
    RedisCall<byte[]> call =
        RedisCall.write(
            () -> new ByteArrayOutput<>(ByteArrayCodec.INSTANCE),
            1,
            "SET",
            "k",
            Buffer.buffer(new byte[bytes]));
    return new RedisBatch(call(flow, 1_000), List.of(call));
  }

  @Test
  void sizeAndNumberMakeWorkHeavy() {
    assertThat(costs.isHeavy(write(one, 1_024))).isFalse();
    assertThat(costs.isHeavy(write(one, 64 * 1024))).isTrue();
    assertThat(costs.isHeavy(batch(one, 32))).isFalse();
    assertThat(costs.isHeavy(batch(one, 33))).isTrue();
  }

  @Test
  void readsOfSomeHundredKibAreBulkAndNoMore() {
    assertThat(costs.isBulk(batch(one, 200))).isTrue();
    assertThat(costs.isBulk(batch(one, 513))).isFalse();
    assertThat(costs.isBulk(write(one, 64 * 1024))).as("a write").isFalse();
    costs.answered(batch(one, 200), 200 * 1_024, 0);
    assertThat(costs.isBulk(batch(one, 200))).isTrue();
    costs.answered(batch(one, 2), 2 * MIB, 0);
    assertThat(costs.isBulk(batch(one, 200))).as("200 values of a MiB, perhaps").isFalse();
    assertThat(costs.isBulk(batch(two, 200))).as("another flow's").isTrue();
  }

  @Test
  void largeAnswersMakeAFlowsReadsHeavyUntilTheyAreSmallForLong() {
    assertThat(costs.isHeavy(read(one))).isFalse();
    costs.answered(read(one), 4 * MIB, 0);
    assertThat(costs.isHeavy(read(one))).isTrue();
    assertThat(costs.isHeavy(read(two))).as("another flow's").isFalse();
    for (int i = 0; i < 50; i++) {
      costs.answered(read(one), 100, 0);
    }
    assertThat(costs.isHeavy(read(one))).isTrue();
    for (int i = 0; i < 200; i++) {
      costs.answered(read(one), 100, 0);
    }
    assertThat(costs.isHeavy(read(one))).isFalse();
  }

  @Test
  void heavyWorkIsChargedWithTheTimeItTookAndLightWorkWithItsSize() {
    assertThat(costs.answered(read(one), 0, 1_000_000)).isLessThan(10_000);
    assertThat(costs.answered(batch(one, 50), 0, 10_000_000)).isEqualTo(10_000_000);
    assertThat(costs.estimate(batch(one, 64))).isGreaterThan(300_000);
  }

  @Test
  void waitingBytesAreSharedAndBounded() {
    int large = 0;
    while (costs.mayWait(write(one, 4 * MIB))) {
      costs.entered(write(one, 4 * MIB));
      large++;
    }
    assertThat(large).as("half of 64 MiB").isEqualTo(8);
    assertThat(costs.mayWait(write(two, 4 * MIB))).as("the other flow still has room").isTrue();
    costs.entered(write(two, 4 * MIB));
    costs.left(write(one, 4 * MIB));
    costs.left(write(one, 4 * MIB));
    assertThat(costs.mayWait(write(one, 4 * MIB))).isTrue();
  }

  @Test
  void pausesAreSharedAndBounded() {
    int paused = 0;
    while (costs.pause(one)) {
      paused++;
    }
    assertThat(paused).isEqualTo(1_024);
    assertThat(costs.pause(two)).isTrue();
    costs.resumed(one);
    costs.resumed(one);
    assertThat(costs.pause(one)).isTrue();
  }

  @Test
  void idleFlowsAreForgotten() {
    for (int i = 0; i < 10_000; i++) {
      costs.isHeavy(read(flow("f" + i)));
    }
    assertThat(costs.flows()).isLessThan(200);
  }
}
