import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.util.automaton.Automaton;
import org.apache.lucene.util.automaton.CharacterRunAutomaton;
import org.apache.lucene.util.automaton.Operations;
import org.apache.lucene.util.automaton.RegExp;

/**
 * Says what Lucene makes of regular expressions. The first line of the input has the values, separated by tabs, each as the
 * hexadecimal digits of its UTF-8; each other line 0 or 1 for whether case is ignored, a tab and an expression in the same form. The output
 * has a line for each of these: "E" where Lucene refuses the expression, "T" where it has too many states, else 0 or 1 for each value.
 * The argument is a matching flag to add: 0x10000 with Lucene 10, which has ~ as a deprecated extra.
 */
public class Record {
  public static void main(String[] args) throws Exception {
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    int flags = args.length > 0 ? Integer.decode(args[0]) : 0;
    List<String> values = new ArrayList<>();
    for (String hex : in.readLine().split("\t", -1)) values.add(decode(hex));
    for (String line; (line = in.readLine()) != null; ) {
      String[] parts = line.split("\t", -1);
      int fold = parts[0].equals("1") ? RegExp.ASCII_CASE_INSENSITIVE : 0;
      System.out.println(answers(decode(parts[1]), fold | flags, values));
    }
  }

  static String answers(String expression, int flags, List<String> values) {
    Automaton a;
    try {
      a = Operations.determinize(new RegExp(expression, RegExp.ALL, flags).toAutomaton(), 100_000);
    } catch (IllegalArgumentException e) {
      return "E";
    } catch (RuntimeException | StackOverflowError e) {
      return "T";
    }
    if (a.getNumStates() == 0) return "0".repeat(values.size());
    CharacterRunAutomaton run = new CharacterRunAutomaton(a);
    StringBuilder out = new StringBuilder();
    for (String v : values) out.append(run.run(v) ? '1' : '0');
    return out.toString();
  }

  static String decode(String hex) {
    byte[] b = new byte[hex.length() / 2];
    for (int i = 0; i < b.length; i++) b[i] = (byte) Integer.parseInt(hex.substring(2 * i, 2 * i + 2), 16);
    return new String(b, StandardCharsets.UTF_8);
  }
}
