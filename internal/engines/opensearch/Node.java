import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.opensearch.common.settings.Settings;
import org.opensearch.env.Environment;
import org.opensearch.http.HttpServerTransport;
import org.opensearch.plugins.Plugin;

/**
 * Runs one OpenSearch node inside this process, for tests. It listens on a free
 * port of the loopback interface, which it prints as a line of JSON once it
 * answers, and ends when its standard input does: it cannot outlive the test.
 *
 * <p>The only argument is a folder for its data.
 */
public final class Node extends org.opensearch.node.Node {
    private static final List<String> PLUGINS = Arrays.asList(
            "org.opensearch.transport.Netty4Plugin",
            "org.opensearch.analysis.common.CommonAnalysisPlugin",
            "org.opensearch.index.mapper.MapperExtrasPlugin");

    private Node(Environment environment, List<Class<? extends Plugin>> plugins) {
        super(environment, plugins, false);
    }

    public static void main(String[] args) {
        new Thread(Node::endWithInput, "end").start(); // it also keeps the process running
        try {
            start(Path.of(args[0]));
        } catch (Throwable e) {
            e.printStackTrace();
            Runtime.getRuntime().halt(1);
        }
    }

    private static void start(Path home) throws Exception {
        Node node = new Node(environment(home), plugins());
        node.start();
        int port = node.injector().getInstance(HttpServerTransport.class)
                .boundAddress().publishAddress().getPort();
        System.out.println("{\"port\":" + port + "}");
        System.out.flush();
    }

    private static void endWithInput() {
        try {
            while (System.in.read() >= 0) {
                // Whatever is written means nothing; the end does.
            }
        } catch (IOException e) {
            // It has ended as well.
        }
        Runtime.getRuntime().halt(0); // the data is thrown away: nothing to flush
    }

    private static Environment environment(Path home) {
        Settings settings = Settings.builder()
                .put("path.home", home)
                .put("path.data", home.resolve("data"))
                .put("path.logs", home.resolve("logs"))
                .put("node.name", "test")
                .put("cluster.name", "test")
                .put("discovery.type", "single-node")
                .put("network.host", "127.0.0.1")
                .put("transport.type", "netty4")
                .put("transport.port", "0")
                .put("http.type", "netty4")
                .put("http.port", "0")
                .put("http.max_content_length", "512mb")
                .put("node.processors", 2)
                .put("cluster.routing.allocation.disk.threshold_enabled", false)
                .put("cluster.max_shards_per_node", 10000)
                // Rules have lists longer than the default allows.
                .put("indices.query.bool.max_clause_count", 65536)
                .build();
        return new Environment(settings, null);
    }

    private static List<Class<? extends Plugin>> plugins() {
        return PLUGINS.stream().map(Node::plugin).collect(Collectors.toList());
    }

    private static Class<? extends Plugin> plugin(String name) {
        try {
            return Class.forName(name).asSubclass(Plugin.class);
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }
}
