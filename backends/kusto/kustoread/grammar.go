package kustoread

import "github.com/alecthomas/participle/v2/lexer"

// The grammar of what is read of Kusto, after grammar/Kql.g4 of
// Microsoft/Kusto-Query-Language. Operators between operands stand in a row
// here; their precedence is decided when the tree is built.
type (
	queryGrammar struct {
		Lets     []*letGrammar    `parser:"( @@ End )*"`
		Pipeline *pipelineGrammar `parser:"@@ End?"`
	}
	letGrammar struct {
		Name  lexer.Token      `parser:"'let' @( Name | Soft )"`
		Value *pipelineGrammar `parser:"Assign @@"`
	}
	// A pipeline without a source is the rest of one.
	pipelineGrammar struct {
		Search *searchGrammar  `parser:"( @@"`
		Union  *unionGrammar   `parser:"| @@"`
		Source *exprGrammar    `parser:"| @@ )?"`
		Stages []*stageGrammar `parser:"( Bar @@ )*"`
	}
	stageGrammar struct {
		Where   *exprGrammar    `parser:"  ( 'where' | 'filter' ) @@"`
		Extend  *namedList      `parser:"| 'extend' @@"`
		Project *projectGrammar `parser:"| @@"`
		Search  *searchGrammar  `parser:"| @@"`
		Union   *unionGrammar   `parser:"| @@"`
	}
	projectGrammar struct {
		Way  string     `parser:"'project' ( '-' @( 'away' | 'keep' | 'rename' | 'reorder' ) )?"`
		List *namedList `parser:"@@?"` // project-away may be followed by nothing
	}
	searchGrammar struct {
		At     lexer.Token     `parser:"@'search'"`
		Kind   string          `parser:"( 'kind' '=' @Name )?"`
		Tables []*tableGrammar `parser:"( 'in' '(' @@ ( ',' @@ )* ')' )?"`
		What   *exprGrammar    `parser:"@@"`
	}
	unionGrammar struct {
		Options []*optionGrammar `parser:"'union' @@*"`
		Tables  []*tableGrammar  `parser:"@@ ( ',' @@ )*"`
	}
	optionGrammar struct {
		Name  lexer.Token `parser:"@( Name | Reserved ) '='"`
		Value string      `parser:"@( Name | Bool )"`
	}
	tableGrammar struct {
		Pipeline *pipelineGrammar `parser:"  Pipeline @@ ')'"`
		Name     []lexer.Token    `parser:"| @( ( Name | Star )+ )"`
		Call     *argsGrammar     `parser:"  @@?"`
	}
	namedList struct {
		Items []*namedGrammar `parser:"@@ ( ',' @@ )*"`
	}
	namedGrammar struct {
		Name  *alias       `parser:"@@?"`
		Value *exprGrammar `parser:"@@"`
	}
)

// The grammar of expressions.
type (
	exprGrammar struct {
		First operandGrammar `parser:"@@"`
		Rest  []*tailGrammar `parser:"@@*"`
	}
	tailGrammar struct {
		Binary  *binaryGrammar  `parser:"  @@"`
		In      *inGrammar      `parser:"| @@"`
		Between *betweenGrammar `parser:"| @@"`
	}
	binaryGrammar struct {
		Op    lexer.Token    `parser:"@( Operator | Sign | Star | Colon )"`
		Right operandGrammar `parser:"@@"`
	}
	inGrammar struct {
		Op    lexer.Token    `parser:"@In '('"`
		Items []*itemGrammar `parser:"@@ ( ',' @@ )*"`
		End   lexer.Token    `parser:"@')'"`
	}
	betweenGrammar struct {
		Op   lexer.Token  `parser:"@Between '('"`
		Low  *exprGrammar `parser:"@@"`
		High *exprGrammar `parser:"Range @@"`
		End  lexer.Token  `parser:"@')'"`
	}
	itemGrammar struct {
		Table *subquery    `parser:"  @@"`
		Value *exprGrammar `parser:"| @@"`
	}
	operandGrammar struct {
		Sign    *signGrammar    `parser:"@@?"`
		Type    *typeGrammar    `parser:"(   @@"`
		Name    *refGrammar     `parser:"|   @@"`
		Strings []lexer.Token   `parser:"|   @( String+ )"`
		Literal *literalGrammar `parser:"|   @@"`
		Group   *groupGrammar   `parser:"|   @@"`
		Quoted  *quotedGrammar  `parser:"|   @@"`
		Star    *starGrammar    `parser:"|   @@"`
		Dynamic *dynamicGrammar `parser:"|   @@ )"`
		Path    []*pathGrammar  `parser:"@@*"`
	}
	signGrammar struct {
		Token lexer.Token `parser:"@Sign"`
	}
	refGrammar struct {
		Name lexer.Token  `parser:"@Name"`
		Args *argsGrammar `parser:"@@?"`
	}
	literalGrammar struct {
		Token lexer.Token `parser:"@( Number | Bool | Typed | Span )"`
	}
	groupGrammar struct {
		Open  lexer.Token  `parser:"@Open"`
		Expr  *exprGrammar `parser:"@@"`
		Close lexer.Token  `parser:"@')'"`
	}
	quotedGrammar struct {
		Open  lexer.Token   `parser:"@'['"`
		Name  []lexer.Token `parser:"@( String+ )"`
		Close lexer.Token   `parser:"@']'"`
	}
	starGrammar struct {
		Token lexer.Token `parser:"@Star"`
	}
	argsGrammar struct {
		Items []*namedGrammar `parser:"Open ( @@ ( ',' @@ )* )?"`
		Close lexer.Token     `parser:"@')'"`
	}
	pathGrammar struct {
		Key   *keyGrammar  `parser:"  '.' ( @@"`
		Index *exprGrammar `parser:"      | '[' @@ ']' )"`
		Plain *exprGrammar `parser:"| '[' @@ ']'"`
	}
	keyGrammar struct {
		Token lexer.Token `parser:"@Name"`
	}
	typeGrammar struct {
		At    lexer.Token `parser:"@'typeof' '('"`
		Name  string      `parser:"@( Name | Reserved )"`
		Close lexer.Token `parser:"@')'"`
	}
	dynamicGrammar struct {
		At    lexer.Token  `parser:"@'dynamic' '('"`
		Value *jsonGrammar `parser:"@@"`
		Close lexer.Token  `parser:"@')'"`
	}
	// The values of dynamic(...) are JSON and literals of the language.
	jsonGrammar struct {
		String string         `parser:"  @String"`
		Number *numberGrammar `parser:"| @@"`
		Word   *wordGrammar   `parser:"| @@"`
		Array  *arrayGrammar  `parser:"| @@"`
		Object *objectGrammar `parser:"| @@"`
	}
	wordGrammar struct {
		Token lexer.Token `parser:"@( Bool | 'null' | Typed | Span )"`
	}
	numberGrammar struct {
		Sign   string `parser:"@'-'?"`
		Number string `parser:"@Number"`
	}
	arrayGrammar struct {
		Items []*jsonGrammar `parser:"'[' ( @@ ( ',' @@ )* )? ']'"`
	}
	objectGrammar struct {
		Pairs []*pairGrammar `parser:"Brace ( @@ ( ',' @@ )* )? Unbrace"`
	}
	pairGrammar struct {
		Key   string       `parser:"@String Colon"`
		Value *jsonGrammar `parser:"@@"`
	}
)

// An alias is the name that an expression is given, and the = behind it.
type alias struct {
	at   lexer.Token
	name string
}

// A subquery is a pipeline in a list. What it finds is not known from one
// event, so that it is passed over.
type subquery struct{ open, close lexer.Token }
