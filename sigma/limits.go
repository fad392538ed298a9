package sigma

// The limits on what is read. They are far above what any rule needs (all of
// SigmaHQ in one file is allowed), and low enough for hostile input to fail
// within a second (A9, N15).
const (
	MaxFileSize        = 16 << 20  // bytes of one file
	MaxStructure       = 300_000   // lines, list items and brackets of one file
	MaxDocuments       = 20_000    // YAML documents of one file
	MaxDirectives      = 10        // YAML directives, such as %YAML 1.2, of one document
	MaxDepth           = 100       // mappings and lists inside each other
	MaxExpansion       = 100_000   // YAML nodes that aliases, merge keys and action: global add to a file
	MaxSearches        = 500       // searches of one rule
	MaxModifiers       = 50        // modifiers of one field
	MaxConditionLength = 16 << 10  // bytes of one condition
	MaxConditionDepth  = 200       // parentheses and negations inside each other
	MaxConditions      = 256 << 10 // bytes of all conditions of one file
	MaxErrors          = 1_000     // errors that are reported for one file
)
