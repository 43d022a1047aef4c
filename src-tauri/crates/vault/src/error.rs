/// Why the keychain did not do what it was asked; a variant for each thing that a caller does differently. None of them
/// holds a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// There is no keychain: say so, and keep secrets for the session only. Found out once: a keychain that is started
    /// later is used after the program's next start.
    #[error("This computer has no keychain service. Passwords are kept until the program ends.")]
    NoService,
    /// The keychain is locked, and nobody unlocked it: ask the person to, and try again.
    #[error("The keychain is locked. Unlock it and try again.")]
    Locked,
    /// Anything else: show it.
    #[error("The keychain failed: {0}.")]
    Other(String),
}
